/** A use that cannot be meant. */
export class WrongUse extends Error {}
