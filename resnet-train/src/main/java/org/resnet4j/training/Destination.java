package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.run.RunRecord;

/** Chooses the folder of a run. */
public interface Destination {
  /** Returns the folder; called once, when the setup has been accepted and before training. */
  Path folder(RunRecord.Setup setup) throws IOException;
}
