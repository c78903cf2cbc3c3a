/**
 * Deflated parts of one stretch of a format, which its views share: where no EVSE has a twin, and that is nearly
 * everywhere, a view has the bytes that the view before it had, and to deflate them is most of the work.
 *
 * Memory holds the parts of one stretch; `clear` lets go of them.
 */
export class SharedParts {
  readonly #parts = new Map<number, { bytes: Buffer; deflated: Buffer }>();

  /** What `deflate` makes of the bytes of a segment, or made of the same ones before. */
  async take(segment: number, bytes: Buffer, deflate: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#parts.get(segment);
    if (known?.bytes.equals(bytes)) return known.deflated;
    const deflated = await deflate();
    this.#parts.set(segment, { bytes, deflated });
    return deflated;
  }

  clear(): void {
    this.#parts.clear();
  }
}
