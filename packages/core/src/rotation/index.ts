// What handlers whose file rolls over are made of. It stands apart, so that a plain file does not load it.

export {
  type Backup,
  backupPath,
  freePath,
  inAgeOrder,
  type Naming,
  ownBackups,
} from '../file/backups.js'
export { COMPRESSED_ENDING, type Compression, compressionCheck } from '../file/compression.js'
export { Compressor, type CompressorOptions } from '../file/compressor.js'
export { finishLeftovers } from '../file/leftovers.js'
export { numberedScheme } from '../file/numbered.js'
export { defaultRotator, renameSyncPatiently } from '../file/rename.js'
export { expired, filesToDelete, type Retention, type StoredBackup } from '../file/retention.js'
export { checkNamer, type Reason, type Rotated, Rotation, rotatingSink, type Scheme } from '../file/rotation.js'
export {
  type Namer,
  type RotationOptions,
  type RotationSettings,
  type Rotator,
  rotationChecks,
  rotationDefaults,
} from '../file/rotation-options.js'
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
} from '../file/schedule.js'
export { SharedFile } from '../file/shared-file.js'
export { clearLock, withLock } from '../file/shared-lock.js'
export { sizePlan } from '../file/size-plan.js'
export { pointSymlink } from '../file/symlink.js'
export { instantOf, instantsOf, localZone, namedZone, utcZone, wallAt, type Zone } from '../file/zone.js'
