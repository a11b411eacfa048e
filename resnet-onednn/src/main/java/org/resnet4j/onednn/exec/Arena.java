package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places buffers so that those that are live at the same time do not overlap: the largest first,
 * each at the lowest free offset.
 */
final class Arena {
  /** The alignment of buffers: a page, which also aligns vector loads and cache lines. */
  static final long ALIGNMENT = 4096;

  private record Place(Buffer buffer, long offset, long end) {}

  private final List<Place> places = new ArrayList<>();
  private final long bytes;

  private Arena(List<Buffer> buffers) {
    List<Buffer> order = new ArrayList<>(buffers);
    order.sort(
        Comparator.comparingLong((Buffer buffer) -> -buffer.bytes)
            .thenComparingInt(buffer -> buffer.first));
    long total = 0;
    for (Buffer buffer : order) {
      Place place = lowest(buffer);
      places.add(place);
      total = Math.max(total, place.end);
    }
    bytes = total;
  }

  static Arena of(List<Buffer> buffers) {
    return new Arena(buffers);
  }

  long bytes() {
    return bytes;
  }

  void placeAt(long address) {
    for (Place place : places) {
      place.buffer.address = address + place.offset;
    }
  }

  private Place lowest(Buffer buffer) {
    long size = (buffer.bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    long offset = 0;
    for (Place place : inTheWay(buffer)) {
      if (offset + size <= place.offset) {
        break;
      }
      offset = Math.max(offset, place.end);
    }
    return new Place(buffer, offset, offset + size);
  }

  private List<Place> inTheWay(Buffer buffer) {
    return places.stream()
        .filter(place -> place.buffer.first <= buffer.last && buffer.first <= place.buffer.last)
        .sorted(Comparator.comparingLong(Place::offset))
        .toList();
  }
}
