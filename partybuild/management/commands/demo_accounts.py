"""Prints the demo's accounts, one per role."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.models import DemoState
from partybuild.demo.accounts import PASSWORD, demo_accounts


class Command(BaseCommand):
    """``manage.py demo_accounts``."""

    help = "List the demo accounts (demo only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print role, user name, name and password."""
        if not DemoState.objects.exists():
            raise CommandError("演示数据还没有生成，请先运行 manage.py seed_demo。")
        for account in demo_accounts():
            place = account.user.person.organisation if account.user.person else ""
            self.stdout.write(
                f"  {account.role}\t{account.user.username}\t{PASSWORD}\t{account.user.display_name}（{place}）"
            )
