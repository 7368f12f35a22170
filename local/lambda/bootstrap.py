# One execution environment of a Python function: imports its module, then runs one invocation at a time
# for the Runtime API. What Lambda's own runtime does, in the standard library.
import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
# A machine's proxy is not meant for this.
open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Context:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
    memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
    log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
    identity = None
    client_context = None

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)


class JsonLines(logging.Formatter):
    """A line of the log as Lambda writes it where a function's log format is JSON."""

    def format(self, record):
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": request_id,
        }
        if record.exc_info:
            line["stackTrace"] = traceback.format_exception(*record.exc_info)
        return json.dumps(line)


request_id = None


def end_with_host():
    """Whoever was killed cannot say goodbye: the pipe closing is the only sign, even to a handler that is busy."""
    sys.stdin.buffer.read()
    os._exit(1)


def main():
    global request_id
    threading.Thread(target=end_with_host, daemon=True).start()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    to_stdout = logging.StreamHandler(sys.stdout)
    to_stdout.setFormatter(JsonLines())
    logging.getLogger().addHandler(to_stdout)
    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except BaseException as error:
        post("init/error", described(error))
        sys.exit(1)
    while True:
        with open_url(f"{api}/invocation/next") as response:
            context, event = Context(response.headers), json.load(response)
        request_id = context.aws_request_id
        try:
            answer = json.dumps(handler(event, context)).encode()
        except Exception as error:
            logging.getLogger().exception("the handler failed")
            post(f"invocation/{request_id}/error", described(error))
        else:
            post(f"invocation/{request_id}/response", answer)


def post(path, body):
    open_url(urllib.request.Request(f"{api}/{path}", data=body, method="POST")).close()


def described(error):
    return json.dumps(
        {
            "errorType": type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
    ).encode()


try:
    main()
except (urllib.error.URLError, ConnectionError):
    # The host is gone.
    sys.exit(0)
