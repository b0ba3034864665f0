"""Fixtures that every test may use: a web server that can misbehave, and a real Postgres."""

pytest_plugins = ["tests.web", "tests.socks", "tests.postgres"]
