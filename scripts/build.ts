// What a build is besides the compiler's part: nothing of deleted sources, and the packages' code.

import { bundle } from './bundle.js'
import { prune } from './prune.js'

prune()
await bundle()
