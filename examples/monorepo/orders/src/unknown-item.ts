/** An order names something that is not for sale. */
export class UnknownItem extends Error {
  readonly code = "UNKNOWN_ITEM";
  readonly item: string;

  constructor(item: string) {
    super(`${item} is not for sale`);
    this.item = item;
  }
}
