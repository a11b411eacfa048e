package org.resnet4j.fetch;

/** A listener to the progress of a download. */
public interface FetchProgress {
  /** The listener that prints nothing. */
  FetchProgress SILENT =
      new FetchProgress() {
        @Override
        public void bytes(String file, long done, long total) {}

        @Override
        public void note(String sentence) {}
      };

  /**
   * Reports that {@code done} of the {@code total} bytes of {@code file} are received; called
   * often.
   *
   * @param total -1 if the server does not announce it
   */
  void bytes(String file, long done, long total);

  /** Reports an event worth a line, such as a kept file or a second attempt. */
  void note(String sentence);
}
