"""Votes entered before have no total that they hold for, so they are open again: 0.00 is nobody's tie for a place."""

from django.db import migrations, models


def _number() -> models.Field:
    return models.PositiveSmallIntegerField(default=0, verbose_name="第几次票决")


def _total() -> models.Field:
    return models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name="并列得分")


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0005_tie_votes"),
    ]

    operations = [
        migrations.AddField("historicaltievote", "number", _number(), preserve_default=False),
        migrations.AddField("historicaltievote", "total", _total(), preserve_default=False),
        migrations.AddField("tievote", "number", _number(), preserve_default=False),
        migrations.AddField("tievote", "total", _total(), preserve_default=False),
    ]
