package org.resnet4j.weightfile.torch;

import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleArguments;
import org.resnet4j.weightfile.pickle.PickleValue;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;

/** Reads the ids of storages in PyTorch's pickles. */
final class TorchStorage {
  private TorchStorage() {}

  /**
   * Returns what an id stands for: a storage, a foreign object in place of a storage of an unknown
   * type, or the class of a whole module, whose source code old files have there.
   */
  static Object read(PickleArguments id) throws WeightFileException {
    if ("module".equals(id.get(0)) && id.get(1) instanceof PickleValue.Global module) {
      return module;
    }
    if ("storage".equals(id.get(0))
        && id.get(1) instanceof PickleValue.Global type
        && type.callable()
        && type.name().matches("torch\\..*Storage")) {
      return new PickleValue.Foreign(type.name());
    }
    return of(id);
  }

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
