// Python's own handler.

import { runPython } from '../run-python.js'

await runPython('python-network.py')
