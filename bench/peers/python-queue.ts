// Python's own queue between two processes.

import { runPython } from '../run-python.js'

await runPython('python-queue.py')
