"""Where files live: uploads under no public address, static files hashed and compressed."""

from typing import Any

from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PrivateStorage(FileSystemStorage):
    """Uploads. They have no address of their own: a view asks for rights and then serves the file."""

    def url(self, name: str | None) -> str:
        """Refuse: a template that asks for an address would leak a file."""
        raise NotImplementedError("An upload has no public address; link to the view that serves it.")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed static files with gzip only: brotli at its highest level took most of a minute for a few per cent."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """The compressor without brotli."""
        return Compressor(**{**kwargs, "use_brotli": False})
