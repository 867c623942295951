"""Uploads have no address; static files are compressed without brotli."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from partybuild.storage import StaticStorage


@pytest.mark.django_db
def test_an_upload_has_no_public_address(client):
    name = default_storage.save("minutes.pdf", ContentFile(b"%PDF-1.7"))
    with pytest.raises(NotImplementedError):
        default_storage.url(name)
    assert client.get(f"/{name}").status_code == 404
    assert client.get(f"/uploads/{name}").status_code == 404


def test_static_files_are_not_compressed_with_brotli(tmp_path):
    compressor = StaticStorage(location=str(tmp_path), base_url="/static/").create_compressor(quiet=True)
    assert compressor.use_brotli is False and compressor.use_gzip is True
