package org.resnet4j.onednn.exec;

import org.bytedeco.javacpp.Pointer;

/** An address in native memory that another object allocated. */
final class Address extends Pointer {
  Address(long address) {
    super((Pointer) null);
    this.address = address;
  }
}
