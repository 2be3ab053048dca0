#!/usr/bin/env python3
"""Prints every change of an episode as it happens, each once and in order, also across dropped connections."""
import argparse, json, os, socket, sys, time
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--token", default=os.environ.get("TOKEN"), help="an access token (default: $TOKEN)")
parser.add_argument("--url", default=os.environ.get("URL", "http://127.0.0.1:3002"), help="the server")
parser.add_argument("--since", type=int, help="begin after the event of this seq, not with what comes from now on")
parser.add_argument("--drop-after", type=int, metavar="N", help="drop the connection once, after N events")
options = parser.parse_args()
if not options.token:
    parser.error("set TOKEN or give --token")
since, since_id, seen = options.since, None, 0


def say(text):
    print(text, file=sys.stderr, flush=True)


def watch(connection):
    """Follows one connection for as long as it lasts."""
    global since, since_id, seen
    connection.send(json.dumps({"type": "auth", "token": options.token}))
    subscribe = {"type": "subscribe", "topics": ["episodes"]}
    resume = {"since": since, "since_id": since_id}
    connection.send(json.dumps(subscribe | {name: value for name, value in resume.items() if value is not None}))
    for text in connection:
        frame = json.loads(text)
        if frame["type"] == "subscribed":
            since_id = since_id if since == frame["from"] else None
            since = frame["from"]
            say(f"watching episodes after event {since}")
        elif frame["type"] == "event":
            since, since_id, seen = frame["seq"], frame["id"], seen + 1
            data = frame["data"]
            print(since, frame["event"], data.get("title") or data["episode"]["title"], flush=True)
            if seen == options.drop_after:
                say("dropping the connection")
                return connection.socket.shutdown(socket.SHUT_RDWR)
        elif frame["type"] == "resync":
            sys.exit(f"not all events after {since} are held: read the episodes anew and begin at {frame['head']}")
        elif frame["type"] == "error" and frame["code"] == "UNAVAILABLE":
            raise OSError(frame["message"])
        elif frame["type"] == "error":
            sys.exit(f"{frame['code']}: {frame['message']}")


while True:
    try:
        with connect(options.url.replace("http", "ws", 1) + "/ws", max_size=None) as connection:
            watch(connection)
    except (WebSocketException, OSError) as error:
        say(f"disconnected ({error}): trying again")
    time.sleep(0.2)
