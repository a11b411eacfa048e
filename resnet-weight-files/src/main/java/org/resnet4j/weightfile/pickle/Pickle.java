package org.resnet4j.weightfile.pickle;

import java.io.IOException;
import java.util.List;

/**
 * Reads Python's pickles (protocols 2 to 5) as data: no code of a pickle is run. An object of an
 * unknown class becomes a {@link PickleValue.Foreign}.
 */
public final class Pickle {
  /** The remedy for a pickle that is more than data. */
  public static final String SAVE_WEIGHTS = PickleBudget.SAVE_WEIGHTS;

  private Pickle() {}

  /**
   * The value of a pickle.
   *
   * @param foreign the first names of classes and functions that are unknown here; none was run
   */
  public record Loaded(Object value, List<String> foreign) {}

  /** Returns the value of the next pickle of {@code in} and consumes it. */
  public static Loaded load(PickleInput in, Persistent persistent) throws IOException {
    PickleMachine machine = new PickleMachine(in, persistent);
    for (int code = in.u8(); code != PickleOp.STOP; code = in.u8()) {
      PickleOp.of(code, in).action().run(machine);
    }
    return new Loaded(machine.result(), machine.foreign());
  }

  /** Returns the value of a pickle that refers to nothing outside of itself. */
  public static Object load(PickleInput in) throws IOException {
    return load(
            in,
            id -> {
              throw in.refused("expected plain data but it names a storage");
            })
        .value();
  }
}
