// What handlers whose file rolls over are made of. It stands apart, so that a plain file does not load it.

export {
  type Backup,
  backupPath,
  freePath,
  inAgeOrder,
  type Naming,
  ownBackups,
} from './backups.js'
export { COMPRESSED_ENDING, type Compression, compressionCheck } from './compression.js'
export { Compressor, type CompressorOptions } from './compressor.js'
export { finishLeftovers } from './leftovers.js'
export { numberedScheme } from './numbered.js'
export { defaultRotator, removeSync, renameSyncPatiently } from './rename.js'
export { expired, filesToDelete, type Retention, type StoredBackup } from './retention.js'
export { checkNamer, type Reason, type Rotated, Rotation, rotatingSink, type Scheme } from './rotation.js'
export {
  type Namer,
  type RotationOptions,
  type RotationSettings,
  type Rotator,
  rotationChecks,
  rotationDefaults,
} from './rotation-options.js'
export {
  atTimeCheck,
  computeRollover,
  createSchedule,
  intervalCheck,
  labelOf,
  parseLabel,
  parseWhen,
  periodStart,
  type Schedule,
  type When,
  whenCheck,
} from './schedule.js'
export { SharedFile } from './shared-file.js'
export { clearLock, withLock } from './shared-lock.js'
export { sizePlan } from './size-plan.js'
export { pointSymlink } from './symlink.js'
export { instantOf, instantsOf, localZone, namedZone, utcZone, wallAt, type Zone } from './zone.js'
