package org.resnet4j.model;

/** Tells whether a file has run code of the class {@link Foreign}. */
final class ForeignClasses {
  static final String INITIALISED = "org.resnet4j.model.Foreign.initialised";

  /** The name of {@link Foreign}, because a use of the class would initialise it. */
  static final String NAME = "org.resnet4j.model.Foreign";

  private ForeignClasses() {}

  static boolean initialised() {
    return Boolean.getBoolean(INITIALISED);
  }
}
