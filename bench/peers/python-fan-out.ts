// Python's own queue and listener.

import { runPython } from '../run-python.js'

await runPython('python-fan-out.py')
