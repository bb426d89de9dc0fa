#!/usr/bin/env node
// What package managers link as the program: it is there before the first build, when pnpm installs a fresh clone.

import '../dist/bin.js'
