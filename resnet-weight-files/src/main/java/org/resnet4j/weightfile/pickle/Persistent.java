package org.resnet4j.weightfile.pickle;

import org.resnet4j.tensors.WeightFileException;

/** A resolver of values that a pickle refers to but does not contain. */
public interface Persistent {
  /** Returns the value that {@code id} refers to. */
  Object load(PickleArguments id) throws WeightFileException;
}
