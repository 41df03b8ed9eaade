"""A Bot API server and a chat page on loopback: try the bot with no token, travel in time.

server.py       SandboxServer: start and stop it here, make people and groups, order faults
chat.py, group.py     the human's side: send, tap, block, wait for what the bot does
bot_api.py      a call's way through token, faults, method, answer; call.py reads its parameters
sending.py, editing.py, membership.py, profile.py, webhook.py     the methods
world.py        the state behind them; chat_state.py its nouns, update_queue.py what waits for the bot
validation.py, html_parser.py, errors.py     what is refused, in Telegram's words
faults.py, arrivals.py     what is to go wrong, and what arrived
page_api.py     the chat page's protocol (its docstring), with page_*.py, sse.py, guard.py, time_machine.py
"""
