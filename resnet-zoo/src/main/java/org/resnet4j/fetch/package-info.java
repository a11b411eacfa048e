/** Downloads that can be resumed and that are verified before use. */
@NullMarked
package org.resnet4j.fetch;

import org.jspecify.annotations.NullMarked;
