"""What the chat page in the browser talks to: people, messages, taps, files, traffic and the time bar.

Everything is JSON on the sandbox's own port. Instants are ISO 8601 in UTC ("2026-03-01T21:00:00+00:00").
Requests whose Host isn't loopback, or whose Origin is another one, get 403. A POST with a JSON body must say
`Content-Type: application/json`. An error is `{"error": "One clear sentence."}` with status 400, 403, 404,
409 or 503. The page is served under a strict Content-Security-Policy: scripts and styles from 'self' only,
nothing inline; images also from `data:` and `blob:`.

Static files
    GET /                    bot/sandbox/page/index.html
    GET /page/{file}         bot/sandbox/page/{file}

People
    GET  /page-api/people                    {"people": [PERSON, ...]}
    POST /page-api/people {}                 201 {"person": PERSON}; a new patient, who has not said anything
         optional: {"first_name": "Ana", "language_code": "pt"}
    PERSON = {"id": 5000000001, "first_name": "Ana", "language_code": "en", "blocked": false}

What a person does (204 without a body when it worked)
    POST /page-api/people/{id}/text      {"text": "/start"}; pressing a command or a plain reply key is text
    POST /page-api/people/{id}/tap       {"message_id": 12, "data": "checkin:..."}; a callback button
    POST /page-api/people/{id}/location  {"latitude": 38.72, "longitude": -9.14}
    POST /page-api/people/{id}/edit      {"message_id": 11, "text": "4.5"}; edits the person's own message
    POST /page-api/people/{id}/photo     the image itself as body, Content-Type: image/png or image/jpeg
    POST /page-api/people/{id}/sticker   {}
    POST /page-api/people/{id}/voice     {}
    POST /page-api/people/{id}/block     {"blocked": true}; false unblocks
    A tap on a button that the message no longer has is 400 (a real client can't do it either).

GET /page-api/people/{id}/events: Server-Sent Events, one chat. First `snapshot`, then changes; a reconnect
starts with a new snapshot, so nothing has to be remembered (`boot` differs after a restart of the server; an
unknown person is 404: ask for /page-api/people again). A comment line every 15 s keeps it alive.

    event: snapshot
    data: {"boot": "f3a9c1", "person": PERSON, "messages": [MESSAGE, ...], "commands": [COMMAND, ...],
           "keyboard": KEYBOARD or null, "now": "2026-03-01T21:00:00+00:00",
           "bot": {"name": "LDN Companion", "username": "sandbox_bot",
                   "description": "shown in the empty chat", "short_description": "..."}}

    event: message                 a new message, or a new version of one: replace by id; order by id
    data: {"message": MESSAGE}

    event: deleted
    data: {"message_id": 12}

    event: toast                   the answer to a tap; `text` "" only ends the button's waiting state
    data: {"message_id": 12, "data": "checkin:...", "text": "Saved", "alert": false, "url": null}

    event: keyboard                the keyboard below the input field; null: removed
    data: {"keyboard": KEYBOARD or null}

    event: commands
    data: {"commands": [COMMAND, ...]}

    event: bot                     name or descriptions changed
    data: {"bot": {...as in snapshot}}

    event: action                  the bot is busy; shown for 5 s or until its next message
    data: {"action": "typing"}

    event: person                  blocked or unblocked
    data: {"person": PERSON}

    event: time                    the clock was moved (by any page), or a journey in time ended
    data: TIME

    event: progress                a journey in time is under way; after `done` no more of them come
    data: {"action": "week", "share": 0.43, "label": "day 3 of 7", "done": false, "error": null}
    data: {"action": "week", "share": 1.0, "label": "", "done": true, "error": null}

    MESSAGE = {"id": 12, "from": "bot" or "person", "date": "2026-03-01T21:00:00+00:00",
               "edited": null or instant, "text": "Pain 6", "html": "Pain <b>6</b>", "silent": false, "reply_to": null or id,
               "rows": [[BUTTON, ...], ...], "media": MEDIA or null}
        `html` is made by the server from text and entities, and is safe to put in as it is. Its elements:
        b, i, u, s, code, pre, a (href http, https, tg, mailto or tel; rel and target set), blockquote (class
        "expandable" if so), span class="spoiler", time datetime="..." (an instant; the text is the sender's
        wording). Lines end in a newline character: use `white-space: pre-wrap`. Under a picture or a file,
        text and html are its caption.
    BUTTON = {"text": "Taken", "data": "dose:..." or null, "url": null or "https://...",
              "style": null, "primary" (blue), "success" (green) or "danger" (red)}
    MEDIA = {"kind": "photo", "url": "/page-api/files/AgAC...", "name": "chart.png",
             "size": 40123, "type": "image/png"}
          | {"kind": "document", ...the same}
          | {"kind": "location", "latitude": 38.72, "longitude": -9.14}
          | {"kind": "sticker", "emoji": "🙂"} | {"kind": "voice", "seconds": 3}
          | {"kind": "other"}
    KEYBOARD = {"rows": [[{"text": "Share my location", "request": "location" or "contact" or null}]],
                "one_time": true, "placeholder": null or "..."}
    COMMAND = {"command": "today", "description": "Did I take it?"}

GET /page-api/files/{file_id}   a picture or file, with its type; `?download=1` adds Content-Disposition

The time bar
    GET /page-api/time?person={id}       TIME
    TIME = {"now": "2026-03-01T21:00:00+00:00", "zone": "Europe/Lisbon" or null,
            "local": "2026-03-01T21:00:00+00:00" or null (wall time with offset in that zone),
            "next_message": null or instant, "busy": false, "available": true}
        Between two TIMEs the clock runs at normal speed. `available` false: no time machine, hide the bar.
    POST /page-api/time {"action": "next", "person": id}   202 {"started": "next"}; progress comes by events
        action: "next" (to the next message) | "hour" | "day" (+1 each) | "week" (play a week) |
        "history" (fill 90 days) | "stop" (ends the journey under way; 202 also if there was none)
        409 while a journey is under way; 503 without a time machine.

The developers' drawer
    GET /page-api/traffic: Server-Sent Events; first the last 200, then each new one; no tokens in it
    event: call
    data: {"number": 57, "at": "2026-03-01T21:00:00+00:00", "method": "sendMessage", "chat_id": 5000000001,
           "params": {...}, "status": 200, "ok": true, "result": {...} or null,
           "error": null or "Bad Request: ...", "ms": 1.8}
    event: update
    data: {"number": 58, "at": "...", "update": {"update_id": 1, "message": {...}}}
"""
