// Which record is mailed at once, and which waits for a digest, as pure functions of time.

export { MailPlan, type PlannedRecord, type PlanSettings } from '../mail-plan.js'
