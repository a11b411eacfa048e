package org.resnet4j.fetch;

/** Hears how a download goes. */
public interface FetchProgress {
  /** Says nothing. */
  FetchProgress SILENT =
      new FetchProgress() {
        @Override
        public void bytes(String file, long done, long total) {}

        @Override
        public void note(String sentence) {}
      };

  /**
   * {@code done} of the {@code total} bytes of {@code file} are there; called often.
   *
   * @param total -1 where the server does not say
   */
  void bytes(String file, long done, long total);

  /** Something worth a line: a file that is kept, a second attempt. */
  void note(String sentence);
}
