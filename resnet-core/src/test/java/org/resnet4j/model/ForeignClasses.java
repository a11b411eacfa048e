package org.resnet4j.model;

/** Whether a file has run code of a class that it names. */
final class ForeignClasses {
  static final String INITIALISED = "org.resnet4j.model.Foreign.initialised";

  /** By name alone: a literal {@code Foreign.class} would do no harm, a use would. */
  static final String NAME = "org.resnet4j.model.Foreign";

  private ForeignClasses() {}

  static boolean initialised() {
    return Boolean.getBoolean(INITIALISED);
  }
}
