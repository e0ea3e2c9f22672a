"""What stands between the network and Streamlit: the command that starts a server, and the guard around everything it serves."""

from dashboard.server.command import APP, serve_command

__all__ = ["APP", "serve_command"]
