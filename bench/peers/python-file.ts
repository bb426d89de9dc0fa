// A file handler of Python's own.

import { runPython } from '../run-python.js'

await runPython('python-file.py')
