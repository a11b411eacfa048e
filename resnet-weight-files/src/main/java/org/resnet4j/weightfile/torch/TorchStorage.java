package org.resnet4j.weightfile.torch;

import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleArguments;
import org.resnet4j.weightfile.pickle.PickleValue;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;

/** Reads the ids of storages in PyTorch's pickles. */
final class TorchStorage {
  private TorchStorage() {}

  /**
   * Returns the storage of {@code ("storage", class, key, device, count)}; old files add a view.
   */
  static Storage of(PickleArguments id) throws WeightFileException {
    if (!"storage".equals(id.get(0)) || !(id.get(2) instanceof String key)) {
      throw id.refused("expected the name of a storage in the pickle");
    }
    PickleValue.Global type = id.global(1);
    if (type.callable() || !type.name().endsWith("Storage")) {
      throw id.refused("expected a storage's class but it is " + type.name());
    }
    return new Storage(key, type.type(), id.integer(4), 0);
  }
}
