"""A Bot API server and a chat page on loopback: try the bot with no token, travel in time.

server.py       SandboxServer: start and stop it here, make people and groups, order faults; on serving.py
chat.py, group.py     the human's side: send, tap, block, wait for what the bot does
bot_api.py      a call's way through token, faults, method, answer; call.py reads its parameters
sending.py, editing.py, membership.py, files.py, profile.py, webhook.py     the methods
world.py        the state behind them; chat_state.py its nouns, update_queue.py what waits for the bot
validation.py, html_parser.py, errors.py     what is refused, in Telegram's words
message_json.py, safe_html.py     a message as the bot gets it, and as the page shows it
faults.py, arrivals.py     what is to go wrong, and what arrived
page_api.py     the chat page's protocol (its docstring), with page_*.py, sse.py, guard.py
time_machine.py, pace.py     what the time bar asks for (bot/sandbox_run.py does it), and how fast
signals.py      waking whoever waits for a change
"""
