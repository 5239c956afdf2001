"""Everything that goes wrong in front of a person: a status, one Chinese sentence, a request id."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actions.refusals import DatabaseUnavailable, Refusal
from bot.web.render import render
from bot.web.texts import TEXTS

SENTENCES: dict[str, str] = TEXTS["errors"]
BY_STATUS = {
    400: "bad_request",
    401: "sign_in",
    403: "forbidden",
    404: "not_found",
    405: "method",
    413: "body_too_large",
}


class Problem(Exception):
    """A request that cannot be served: `status` (HTTP), `key` of a sentence in texts/errors.yml, values for it."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        self.status, self.key = status, key
        self.sentence = SENTENCES[key].format(**values)
        super().__init__(self.sentence)


def problem_response(request: Request, status: int, key: str) -> Response:
    return say(request, status, SENTENCES[key])


def say(request: Request, status: int, sentence: str) -> Response:
    """The sentence as JSON for the API and for scripts, as a page for a person."""
    request_id = request.scope.get("state", {}).get("request_id", "")
    if wants_json(request):
        headers = {"www-authenticate": "Bearer"} if status == 401 else None
        return JSONResponse({"detail": sentence, "request_id": request_id}, status, headers=headers)
    home = "/office" if request.url.path.startswith("/office") else "/"
    return render("error.html", status=status, sentence=sentence, request_id=request_id, home=home, draft="")


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or "x-fragment" in request.headers


def install(app: FastAPI) -> None:
    """Register the handlers: our own problems, the framework's refusals, values that do not fit a route."""

    @app.exception_handler(Problem)
    async def ours(request: Request, problem: Problem) -> Response:
        return say(request, problem.status, problem.sentence)

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return say(request, refusal.status, refusal.message)

    @app.exception_handler(DatabaseUnavailable)
    async def database_down(request: Request, error: DatabaseUnavailable) -> Response:
        return say(request, 503, SENTENCES["unavailable"])

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        key = BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "broken")
        return say(request, error.status_code, SENTENCES[key])

    @app.exception_handler(RequestValidationError)
    async def misfit(request: Request, error: RequestValidationError) -> Response:
        return say(request, 422, SENTENCES["bad_request"])
