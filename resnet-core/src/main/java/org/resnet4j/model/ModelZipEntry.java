package org.resnet4j.model;

/**
 * An entry of a model's zip.
 *
 * @param size size in bytes without compression
 */
record ModelZipEntry(
    String name, int flags, int method, long crc, long packed, long size, long header) {
  static final long ZIP64 = 0xffffffffL;

  boolean sameAs(int flags, int method, String name) {
    return flags == this.flags && method == this.method && name.equals(this.name);
  }

  boolean hasSizes(int crc, int packed, int size) {
    return (crc & ZIP64) == this.crc
        && (packed & ZIP64) == this.packed
        && (size & ZIP64) == this.size;
  }
}
