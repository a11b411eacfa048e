/** Reads zips of Deeplearning4j networks from untrusted sources. */
@NullMarked
package org.resnet4j.model;

import org.jspecify.annotations.NullMarked;
