"""Pages travel compressed also where no proxy does it; files that people uploaded or export stay as they are."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

WORDS = ("text/html", "application/json", "text/calendar")


class CompressPages(GZipMiddleware):
    """Django's own compression, with its padding against guessing by length (BREACH), for what is mostly words."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress ``response`` when it is a page."""
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind not in WORDS or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)
