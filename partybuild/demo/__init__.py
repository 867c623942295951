"""The demo college: a roster and a life played through the services under a moved clock."""
