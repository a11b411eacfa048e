package org.resnet4j.arch;

/**
 * The connection around a residual branch.
 *
 * @param kind where it is the identity, and where not
 * @param projection what it is where it changes its shape and has parameters
 */
public record Shortcut(ShortcutKind kind, Projection projection) {}
