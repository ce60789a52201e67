#!/usr/bin/env python3
"""Asks a peer many times: importing the official clients takes longer than most of what they are asked.

  serve.py MODULE     MODULE is a peer beside this file, with a main() that reads sys.argv

Each line of standard input is a JSON list of arguments; each is answered by a line {"status", "out", "err"}.
"""
import contextlib, importlib, io, json, sys, traceback


def run(main, arguments):
    out, err, status = io.StringIO(), io.StringIO(), 0
    sys.argv[1:] = arguments
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main() or 0
        except SystemExit as end:
            status = end.code or 0
        except Exception:
            traceback.print_exc()
            status = 1
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


main = importlib.import_module(sys.argv[1]).main
for line in sys.stdin:
    print(json.dumps(run(main, json.loads(line))), flush=True)
