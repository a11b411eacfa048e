package org.resnet4j.fetch;

import java.io.FileNotFoundException;

/**
 * A file of published weights, or of a dataset, is not on this machine. The message tells a Java
 * programmer how to get it; a command line has what it needs to say so in its own terms.
 */
public final class NotFetchedException extends FileNotFoundException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String name;
  private final String problem;
  private final String alternative;

  /** The kinds of files that can be fetched. */
  public enum Kind {
    WEIGHTS("WeightStore.fetch"),
    DATASET("DatasetFetch.fetch");

    private final String method;

    Kind(String method) {
      this.method = method;
    }
  }

  /**
   * Makes an exception with the message "PROBLEM; call METHOD, or ALTERNATIVE".
   *
   * @param name of the pretrained weights or the dataset
   * @param problem the file that was expected, and what was found
   * @param alternative to fetching: an imperative, such as "name their folder"
   */
  public NotFetchedException(Kind kind, String name, String problem, String alternative) {
    super("%s; call %s, or %s".formatted(problem, kind.method, alternative));
    this.kind = kind;
    this.name = name;
    this.problem = problem;
    this.alternative = alternative;
  }

  /** Returns whether weights or a dataset are missing. */
  public Kind kind() {
    return kind;
  }

  /** Returns the name of the pretrained weights or the dataset. */
  public String name() {
    return name;
  }

  /** Returns the message without what to do. */
  public String problem() {
    return problem;
  }

  /** Returns what a user may do instead of fetching: an imperative. */
  public String alternative() {
    return alternative;
  }
}
