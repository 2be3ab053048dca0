"""What Schemathesis cannot know by itself: a cursor is valid where it comes from an earlier page of the same list, and a
worker that waits for jobs waits as long as it says, which is too long here."""

import os

import requests
import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces a made-up cursor that is valid by its schema by one that the server gave, or leaves it out without one."""
    if "cursor" in (case.query or {}) and case.meta and case.meta.generation.mode.is_positive:
        cursor = first_page(case).get("next_cursor")
        del case.query["cursor"]
        if cursor:
            case.query["cursor"] = cursor
    if isinstance(case.body, dict) and isinstance(case.body.get("wait_seconds"), int):
        case.body["wait_seconds"] = min(case.body["wait_seconds"], 0)


def first_page(case):
    """The `page` of the list's first page in the same order, as short as can be."""
    query = {name: value for name, value in case.query.items() if name == "sort"}
    token = os.environ["SHOWRUNNER_TOKEN"]
    answer = requests.get(
        os.environ["SHOWRUNNER_URL"] + case.formatted_path,
        params={**query, "limit": 1},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    return answer.json().get("page", {})
