/** Reads zips of Deeplearning4j networks that nobody vouches for. */
@NullMarked
package org.resnet4j.model;

import org.jspecify.annotations.NullMarked;
