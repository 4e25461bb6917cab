"""The AWS CLI without its start: a server that has imported it, and does each command in a fork.

    python aws_cli.py serve SOCKET SERVICE...  says so when it listens
    python -I -S aws_cli.py SOCKET ARGUMENTS   is "aws ARGUMENTS": its streams, its exit code

Most of the time that such a command takes is spent on imports, and a runbook has eighty of them.
"""

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any


def serve(path: str, services: list[str]) -> None:
    """Answer until somebody ends the process."""
    from awscli.clidriver import create_clidriver  # not for the client, which has to be quick

    driver = create_clidriver()
    for service in services:  # reads what describes them, for all forks
        driver.session.create_client(service)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("listening", flush=True)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                raise SystemExit(answer(connection, driver))
            connection.close()


def answer(connection: socket.socket, driver: Any) -> int:
    """Do a command as if it had been started where it was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    with connection.makefile() as text:
        asked = json.load(text)
    os.chdir(asked["folder"])
    del asked["environment"]["AWS_DATA_PATH"]  # awscli has added its own folder to it
    os.environ.update(asked["environment"])
    try:
        code = int(driver.main(asked["arguments"]) or 0)
    except SystemExit as end:
        code = int(end.code or 0)
    sys.stdout.flush()
    connection.sendall(str(code).encode())
    return code


def ask(path: str, arguments: list[str]) -> int:
    """Have a command done, and return its exit code."""
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [b"x"], [0, 1, 2])
        connection.sendall(json.dumps(asked).encode())
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(8) or 255)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    raise SystemExit(ask(sys.argv[1], sys.argv[2:]))
