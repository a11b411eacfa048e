package org.resnet4j.onednn.winograd;

/** The filters of each tile size. */
final class FiltersBySize {
  private FiltersBySize() {}

  /** Returns the filters for tiles of {@code side} × {@code side} outputs, 2 or 4. */
  static Filters of(int side) {
    return side == FourByFour.SIDE ? new FourByFour() : new TwoByTwo();
  }
}
