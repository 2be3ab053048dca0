#!/usr/bin/env python3
"""Does jobs of one type, over plain HTTP: counts the words of the payload's text, and says how far it is meanwhile."""
import argparse, json, os, socket, sys, threading, time, urllib.error, urllib.request

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--token", default=os.environ.get("TOKEN"), help="a worker's access token (default: $TOKEN)")
parser.add_argument("--url", default=os.environ.get("URL", "http://127.0.0.1:3002"), help="the server")
parser.add_argument("--job-type", default="count-words", help="the type of the jobs to do")
parser.add_argument("--jobs", type=int, metavar="N", help="stop after N jobs")
options = parser.parse_args()
if not options.token:
    parser.error("set TOKEN or give --token")
LEASE = 30  # seconds that a claim lasts without a heartbeat


def post(path, body):
    headers = {"Authorization": f"Bearer {options.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{options.url}/api/v1/jobs{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text)["data"] if text else None


def work(job, report):
    """What this worker is for. `report` raises an HTTPError once the job is not ours any more."""
    words = job["payload"]["text"].split()
    for place, _ in enumerate(words, 1):
        report(progress=100 * place // len(words), message=f"word {place} of {len(words)}")
    return {"words": len(words)}


def attempt(job):
    """One attempt at one job: heartbeats beside it, and at the end what became of it."""
    path, handle, done = f"/{job['id']}", {"receipt_handle": job["receipt_handle"]}, threading.Event()

    def report(**news):
        post(f"{path}/heartbeat", {**handle, **news, "lease_seconds": LEASE})

    def beat():
        while not done.wait(LEASE / 3):
            try:
                report()
            except OSError as error:
                print(f"no heartbeat: {error}", file=sys.stderr)

    threading.Thread(target=beat, daemon=True).start()
    try:
        results = work(job, report)
    except urllib.error.HTTPError:
        raise
    except Exception as error:
        post(f"{path}/fail", {**handle, "error": repr(error), "permanent": isinstance(error, KeyError)})
        print(f"{job['id']}: {error!r}", flush=True)
    else:
        post(f"{path}/complete", {**handle, "results": results})
        print(f"{job['id']}: {results}", flush=True)
    finally:
        done.set()


finished = 0
wanted = {"job_types": [options.job_type], "worker": f"{socket.gethostname()}:{os.getpid()}", "lease_seconds": LEASE}
while finished != options.jobs:
    try:
        for job in post("/claim", {**wanted, "wait_seconds": 20}):
            attempt(job)
            finished += 1
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        if problem["code"] not in ("LEASE_LOST", "UNAVAILABLE"):
            sys.exit(f"{problem['code']}: {problem['detail']}")
        print(f"{problem['code']}: going on", file=sys.stderr)
    except OSError as error:
        print(f"no answer ({error}): trying again", file=sys.stderr)
        time.sleep(1)
