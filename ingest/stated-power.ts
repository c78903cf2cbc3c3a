/** How the stated power of a Connector compares with what its voltage and amperage give. Pure. */

/** Factor from which the unit is wrong, not the figure: kilowatts or milliwatts for watts. */
const THOUSAND = 300;

/** Whether two powers in watts differ so much that one of them is in another unit. */
export function isOffByAThousand(stated: number, derived: number): boolean {
  return stated * THOUSAND < derived || stated > derived * THOUSAND;
}
