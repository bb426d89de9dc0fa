// Python's own buffer in front of a file.

import { runPython } from '../run-python.js'

await runPython('python-memory.py')
