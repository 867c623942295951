"""Makes drafts of the shipped schemes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from orgs.models import User
from scoring.services.schemes import load_schemes


class Command(BaseCommand):
    """``manage.py load_schemes [--user admin]``: safe to run again; a scheme that exists stays as it is."""

    help = "Make drafts of the shipped schemes for the root committee; another person than --user publishes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who counts as the drafter."""
        parser.add_argument("--user", default="", help="login name of the drafter; default: the first administrator")

    def handle(self, *args: Any, user: str = "", **options: Any) -> None:
        """Make them and report."""
        rows = User.objects.filter(is_active=True)
        found = rows.filter(username=user) if user else rows.filter(is_superuser=True).order_by("pk")
        actor = found.first()
        if actor is None:
            raise CommandError(f"No account {user}." if user else "No administrator; name an account with --user.")
        try:
            made = load_schemes(actor=actor)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{len(made)} drafts made")
