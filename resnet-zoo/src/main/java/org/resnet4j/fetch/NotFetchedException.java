package org.resnet4j.fetch;

import java.io.FileNotFoundException;

/**
 * The error for a file of pretrained weights or of a dataset that is not on this machine. The
 * message says how to get it from Java; the fields let a command line say it in its own terms.
 */
public final class NotFetchedException extends FileNotFoundException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String name;
  private final String problem;
  private final String alternative;

  /** The kinds of files that can be fetched. */
  public enum Kind {
    WEIGHTS(
        "allow the download by RESNET4J_DOWNLOAD=1 in the environment or by"
            + " WeightStore.usual().downloading(FetchProgress.SILENT)"),
    DATASET("call DatasetFetch.fetch");

    private final String advice;

    Kind(String advice) {
      this.advice = advice;
    }
  }

  /**
   * Creates an exception with the message "PROBLEM; ADVICE, or ALTERNATIVE".
   *
   * @param name of the pretrained weights or the dataset
   * @param problem the file that was expected, and what was found
   * @param alternative to fetching: an imperative, such as "name their folder"
   */
  public NotFetchedException(Kind kind, String name, String problem, String alternative) {
    super("%s; %s, or %s".formatted(problem, kind.advice, alternative));
    this.kind = kind;
    this.name = name;
    this.problem = problem;
    this.alternative = alternative;
  }

  /** Returns the kind of the missing file. */
  public Kind kind() {
    return kind;
  }

  /** Returns the name of the pretrained weights or the dataset. */
  public String name() {
    return name;
  }

  /** Returns the message without its advice. */
  public String problem() {
    return problem;
  }

  /** Returns the alternative to fetching, in the imperative. */
  public String alternative() {
    return alternative;
  }
}
