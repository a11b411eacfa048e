package org.resnet4j.onednn.exec;

import org.bytedeco.javacpp.Pointer;

/** A place in native memory that somebody else allocated. */
final class Address extends Pointer {
  Address(long address) {
    super((Pointer) null);
    this.address = address;
  }
}
