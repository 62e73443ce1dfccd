"""A health check from inside a container: `python -m kcc.local.probe PORT PATH` ends with 0 when the answer is 200."""

import http.client
import os
import sys


def main(arguments: list[str]) -> int:
    """Ask on loopback, under the first name that the application answers to."""
    port, path = arguments
    host = os.environ.get("KCC_HOSTS", "localhost").split(",")[0]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
