"""A headless Chromium, told what to do over a pipe: open a page, ask it things, take its picture.

Only what Debian's `chromium` or `chromium-headless-shell` brings, without a network and a profile of its own.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--hide-scrollbars", "--remote-debugging-pipe", "--disable-dev-shm-usage"),
)
PATIENCE = 60


def installed() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One browser with one page; `complaints` are what it logged as an error, a warning or a violation."""

    def __init__(self, *, width=1360, height=1000, dark=False):
        self.complaints = []
        self._number = 0
        self._size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._dark = dark

    def __enter__(self):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        ours_in, theirs_out = os.pipe()
        theirs_in, self._to = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                script,
                installed(),
                *FLAGS,
                f"--user-data-dir={self._profile.name}",
                "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._from, self._buffer, self._session = ours_in, b"", None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if self._dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Emulation.setDeviceMetricsOverride", **self._size)
        return self

    def __exit__(self, *_):
        try:
            self._session = None
            self.send("Browser.close")
            self._process.wait(10)
        except (OSError, AssertionError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def open(self, address):
        """Open a page and wait until it is loaded and drawn; return the seconds that it took."""
        began = time.monotonic()
        self._loaded = False
        self.send("Page.navigate", url=address)
        while not self._loaded:
            self._take()
        self.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return time.monotonic() - began

    def ask(self, expression):
        """Return what an expression of JavaScript gives in the page, awaited."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def key(self, key, code=None):
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=code or key, windowsVirtualKeyCode=13 if key == "Enter" else 0,
                      text="\r" if key == "Enter" else "" if len(key) > 1 else key)  # fmt: skip

    def drag(self, begin, end):
        """Drag from one place to another."""
        for kind, (x, y), down in (
            ("mousePressed", begin, 1),
            ("mouseMoved", end, 1),
            ("mouseReleased", end, 0),
        ):
            self.send(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=down, clickCount=1
            )

    def picture(self, path):
        """Write what is seen as a PNG."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))

    def paper(self, path):
        """Write the page as a PDF."""
        path.write_bytes(base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"]))

    def send(self, method, **parameters):
        """Send a command and return its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while (answer := self._take()).get("id") != self._number:
            pass
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def _take(self):
        """Take in one message, and note what the page complains of."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], PATIENCE)
            assert ready, f"the browser said nothing for {PATIENCE} s"
            more = os.read(self._from, 1 << 20)
            assert more, "the browser ended"
            self._buffer += more
        text, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(text)
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.exceptionThrown":
                self.complaints.append(message["params"]["exceptionDetails"])
            case "Runtime.consoleAPICalled" | "Log.entryAdded":
                self.complaints.append(message["params"])
            case "Network.requestWillBeSent" if not message["params"]["request"]["url"].startswith(
                ("file:", "data:")
            ):
                self.complaints.append(message["params"]["request"]["url"])
            case "Page.javascriptDialogOpening":
                self.complaints.append(message["params"])
                self._number += 1
        return message
